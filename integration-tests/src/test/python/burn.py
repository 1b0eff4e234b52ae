"""Burns CPU for a time in milliseconds, half of it in the kernel; then waits for its stdin to end."""
import os
import sys
import time


def compute():
    return sum(i * i for i in range(20000))


def read_zeros(fd):
    for _ in range(40):
        os.read(fd, 1 << 18)


end = time.monotonic() + float(sys.argv[1]) / 1e3
zero = os.open("/dev/zero", os.O_RDONLY)
while time.monotonic() < end:
    compute()
    read_zeros(zero)
print("done", flush=True)
sys.stdin.read()
