"""One integer cosine table, the same on every machine: 1024 cos(x) in 256 steps from 0 to pi, rounded up.

Written out and not computed, because the Pico's single-precision floats would round some entries
differently from the host's and two controllers must give the same verdict.
"""

from array import array

ONE = 1024

# 256 * 65536 / pi: an angle of u usteps stands at index (u * (SCALE // usteps_per_rad)) >> 16.
SCALE = 5340354

TABLE = array(
    "h",
    (
        1024, 1024, 1024, 1024, 1023, 1023, 1022, 1021, 1020, 1018, 1017, 1015, 1013, 1011,
        1009, 1007, 1005, 1002, 1000, 997, 994, 991, 987, 984, 980, 977, 973, 969,
        965, 960, 956, 951, 947, 942, 937, 931, 926, 921, 915, 909, 904, 898,
        891, 885, 879, 872, 866, 859, 852, 845, 838, 830, 823, 815, 808, 800,
        792, 784, 776, 768, 759, 751, 742, 733, 725, 716, 707, 697, 688, 679,
        669, 660, 650, 640, 630, 621, 610, 600, 590, 580, 569, 559, 548, 538,
        527, 516, 505, 494, 483, 472, 461, 450, 438, 427, 415, 404, 392, 381,
        369, 357, 345, 334, 322, 310, 298, 286, 274, 261, 249, 237, 225, 213,
        200, 188, 176, 163, 151, 138, 126, 113, 101, 88, 76, 63, 51, 38,
        26, 13, 0, -12, -25, -37, -50, -62, -75, -87, -100, -112, -125, -137,
        -150, -162, -175, -187, -199, -212, -224, -236, -248, -260, -273, -285, -297, -309,
        -321, -333, -344, -356, -368, -380, -391, -403, -414, -426, -437, -449, -460, -471,
        -482, -493, -504, -515, -526, -537, -547, -558, -568, -579, -589, -599, -609, -620,
        -629, -639, -649, -659, -668, -678, -687, -696, -706, -715, -724, -732, -741, -750,
        -758, -767, -775, -783, -791, -799, -807, -814, -822, -829, -837, -844, -851, -858,
        -865, -871, -878, -884, -890, -897, -903, -908, -914, -920, -925, -930, -936, -941,
        -946, -950, -955, -959, -964, -968, -972, -976, -979, -983, -986, -990, -993, -996,
        -999, -1001, -1004, -1006, -1008, -1010, -1012, -1014, -1016, -1017, -1019, -1020, -1021, -1022,
        -1022, -1023, -1023, -1023, -1024,
    ),
)  # fmt: skip


def bounds(low_usteps, high_usteps, usteps_per_rad):
    """(least, greatest) of 1024 cos over all angles from `low_usteps` to `high_usteps`, rounded outward.

    The angles must lie within -pi .. pi.
    """
    small = low_usteps if abs(low_usteps) < abs(high_usteps) else high_usteps
    large = high_usteps if abs(low_usteps) < abs(high_usteps) else low_usteps
    scale = SCALE // usteps_per_rad
    nearest = 0 if low_usteps <= 0 <= high_usteps else (abs(small) * scale) >> 16
    farthest = ((abs(large) * (scale + 1)) >> 16) + 1
    return TABLE[min(farthest, 256)] - 1, TABLE[min(nearest, 256)]
