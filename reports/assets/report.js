/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters rows and findings by verdict, cause and text (a clause number is text too). The filter
 * lives in the address (#verdict=fail…), so that it can be sent to somebody. Without this script
 * the report is complete. No less-than sign or ampersand: the page is XML as well.
 */
'use strict';
(function () {
  const form = document.getElementById('filter');
  const items = Array.from(document.querySelectorAll('[data-verdict]'));
  const output = form.querySelector('output');
  const names = ['verdict', 'clause', 'cause', 'text'];
  const texts = new Map(items.map(function (item) { return [item, item.textContent.toLowerCase()]; }));

  function fits(item, wanted) {
    if (wanted.verdict) { if (item.dataset.verdict !== wanted.verdict) { return false; } }
    if (wanted.cause) { if (item.dataset.cause !== wanted.cause) { return false; } }
    if (wanted.clause) {
      if (!item.dataset.clauses.split(' ').includes(wanted.clause)) { return false; }
    }
    return !wanted.text || texts.get(item).includes(wanted.text.toLowerCase());
  }

  function apply(wanted) {
    let shown = 0;
    items.forEach(function (item) {
      const fit = fits(item, wanted);
      item.toggleAttribute('data-off', !fit);
      shown += fit ? 1 : 0;
    });
    output.textContent = output.dataset.words.replace('{shown}', shown).replace('{total}', items.length);
    document.documentElement.dataset.filtered = shown === items.length ? 'no' : 'yes';
  }

  function read() {
    const hash = decodeURI(location.hash.slice(1));
    const found = {};
    if (hash.includes('=')) {
      new URLSearchParams(hash).forEach(function (value, name) { found[name] = value; });
    }
    return found;
  }

  function fromAddress() {
    const wanted = read();
    if (!location.hash || location.hash.includes('=')) {
      names.forEach(function (name) { form.elements[name].value = wanted[name] || ''; });
      apply(wanted);
    } else {
      /* A link to a record or clause must not lead to something hidden. */
      const target = document.getElementById(location.hash.slice(1));
      if (target ? target.closest('[data-off]') : false) { reset(); target.scrollIntoView(); }
    }
  }

  function fromForm() {
    const wanted = {};
    const query = new URLSearchParams();
    names.forEach(function (name) {
      const value = form.elements[name].value.trim();
      wanted[name] = value;
      if (value) { query.set(name, value); }
    });
    const hash = query.toString();
    history.replaceState(null, '', hash ? '#' + hash : location.pathname + location.search);
    apply(wanted);
  }

  function reset() {
    names.forEach(function (name) { form.elements[name].value = ''; });
    apply({});
  }

  form.hidden = false;
  form.addEventListener('input', fromForm);
  form.addEventListener('submit', function (event) { event.preventDefault(); });
  form.addEventListener('reset', function () { setTimeout(fromForm, 0); });
  window.addEventListener('hashchange', fromAddress);
  document.addEventListener('keydown', function (event) {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (typing ? false : event.key === '/') {
      event.preventDefault();
      form.elements.text.focus();
    } else if (event.key === 'Escape') {
      reset();
      fromForm();
    }
  });
  fromAddress();
}());
