"""The two structs that a virtual controller and the twin exchange in every frame (little-endian).

The twin sends one grant; the controller runs its loop once and answers with one done, followed by
`n[0] + n[1] + n[2]` FIFO words of 4 bytes each (`WORD_FORMAT`): shoulder first, then elbow, then lift.

Grant: `now_us` (controller ticks, wrap at 2^30), `rx_total` (serial bytes the controller may have read
in all, modulo 2^32), `inputs` (IN_ bits), `encoder0`, `encoder1` (AS5600 counts, 0-4095),
`pending0..2` (FIFO words handed over and not yet consumed by the PIO of each axis), `peer_edges`
(edges seen on the wave of the other controller, modulo 2^32).

Done: `tx_total` (serial bytes written in all, modulo 2^32), `outputs` (OUT_ bits), `flags` (FLAG_ bits),
`magnet_permille` (-1000 .. 1000), `led` (pattern), `n0..2` (how many FIFO words follow for each axis).

FIFO word: bit 0 direction (1 = positive), bit 1 step, bits 2-31 delay in ticks of 1/8 us before the
edge; without bit 1 the word only waits. The words of an axis follow each other without gap from the
moment of FLAG_START (the `now_us` of the frame that carried it). A PIO that finds its FIFO empty waits.

>>> import struct
>>> struct.calcsize(GRANT_FORMAT) == GRANT_SIZE
True
"""

AXES = 3

GRANT_FORMAT = "<IIHHHHHHI"
GRANT_SIZE = 24
DONE_FORMAT = "<IHBhBHHH"
DONE_SIZE = 16
WORD_FORMAT = "<I"
WORD_SIZE = 4

IN_LIMIT_SHOULDER = 1 << 0
IN_LIMIT_ELBOW = 1 << 1
IN_LIMIT_LIFT = 1 << 2
IN_NOSE = 1 << 3
IN_MUSHROOM = 1 << 4
IN_BUTTON_ACK = 1 << 5
IN_BUTTON_GO = 1 << 6
IN_BUTTON_TAKEOVER = 1 << 7
IN_MOTOR_POWER = 1 << 8

OUT_GATE = 1 << 0
OUT_PEER_WAVE = 1 << 1
OUT_RUN_CURRENT = 1 << 2

FLAG_START = 1 << 0
FLAG_ABORT = 1 << 1

WORD_DIRECTION = 1
WORD_STEP = 2
WORD_DELAY_SHIFT = 2
TICKS_PER_US = 8
