"""The release of the firmware. It only ever grows: `qiyou flash` refuses to go back unless told to."""

FIRMWARE = 6
