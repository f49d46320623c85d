/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reader with a PIN pad, as a driver for pcscd (IFD handler 3.0): it tells the features of
 * PC/SC part 10, has a card that answers 9000 to everything, and is plugged in as long as the file
 * exists that its DEVICENAME names.
 */
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <ifdhandler.h>
#include <reader.h>

static const UCHAR ATR[] = {0x3B, 0x65, 0x00, 0x00, 0x59, 0x53, 0x30, 0x30, 0x31};
static char device[256];

static bool plugged(void)
{
    return access(device, F_OK) == 0;
}

RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR name)
{
    (void)lun;
    strncpy(device, name, sizeof device - 1);
    return plugged() ? IFD_SUCCESS : IFD_NO_SUCH_DEVICE;
}

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
    (void)lun;
    (void)channel;
    return IFD_COMMUNICATION_ERROR;
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
    (void)lun;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
    (void)lun;
    if (tag == TAG_IFD_ATR && *length >= sizeof ATR) {
        memcpy(value, ATR, sizeof ATR);
        *length = sizeof ATR;
        return IFD_SUCCESS;
    }
    if ((tag == TAG_IFD_SLOTS_NUMBER || tag == TAG_IFD_SIMULTANEOUS_ACCESS) && *length >= 1) {
        *value = 1;
        *length = 1;
        return IFD_SUCCESS;
    }
    return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
    (void)lun;
    (void)tag;
    (void)length;
    (void)value;
    return IFD_ERROR_TAG;
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1,
                                       UCHAR pts2, UCHAR pts3)
{
    (void)lun;
    (void)flags;
    (void)pts1;
    (void)pts2;
    (void)pts3;
    return protocol == SCARD_PROTOCOL_T0 ? IFD_SUCCESS : IFD_PROTOCOL_NOT_SUPPORTED;
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
    (void)lun;
    *length = 0;
    if (!plugged()) {
        return IFD_NO_SUCH_DEVICE;
    }
    if (action != IFD_POWER_DOWN) {
        memcpy(atr, ATR, sizeof ATR);
        *length = sizeof ATR;
    }
    return IFD_SUCCESS;
}

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send_pci, PUCHAR command,
                               DWORD command_length, PUCHAR reply, PDWORD length,
                               PSCARD_IO_HEADER receive_pci)
{
    (void)lun;
    (void)send_pci;
    (void)command;
    (void)command_length;
    (void)receive_pci;
    if (!plugged() || *length < 2) {
        *length = 0;
        return plugged() ? IFD_COMMUNICATION_ERROR : IFD_NO_SUCH_DEVICE;
    }
    reply[0] = 0x90;
    reply[1] = 0x00;
    *length = 2;
    return IFD_SUCCESS;
}

/* PC/SC part 10, 2.2: tag, length 4, control code (big endian). */
RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR sent, DWORD sent_length, PUCHAR received,
                         DWORD capacity, LPDWORD ret_length)
{
    static const UCHAR features[] = {
        FEATURE_VERIFY_PIN_DIRECT, 4, 0x42, 0x33, 0x00, 0x06,
        FEATURE_MODIFY_PIN_DIRECT, 4, 0x42, 0x33, 0x00, 0x07,
        FEATURE_IFD_PIN_PROPERTIES, 4, 0x42, 0x33, 0x00, 0x0A,
    };
    (void)lun;
    (void)sent;
    (void)sent_length;
    if (code != CM_IOCTL_GET_FEATURE_REQUEST || capacity < sizeof features) {
        *ret_length = 0;
        return IFD_ERROR_NOT_SUPPORTED;
    }
    memcpy(received, features, sizeof features);
    *ret_length = sizeof features;
    return IFD_SUCCESS;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
    (void)lun;
    return plugged() ? IFD_ICC_PRESENT : IFD_NO_SUCH_DEVICE;
}
