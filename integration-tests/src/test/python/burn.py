"""Burns CPU until it has used so many milliseconds of it, half of it in the kernel; then waits for its stdin to end."""
import os
import sys
import time


def compute():
    return sum(i * i for i in range(20000))


def read_zeros(fd):
    for _ in range(40):
        os.read(fd, 1 << 18)


end = time.process_time() + float(sys.argv[1]) / 1e3
zero = os.open("/dev/zero", os.O_RDONLY)
while time.process_time() < end:
    compute()
    read_zeros(zero)
print("done", flush=True)
sys.stdin.read()
