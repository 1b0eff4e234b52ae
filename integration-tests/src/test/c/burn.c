/* Two functions that burn CPU 7 : 3, until it has used so many milliseconds of CPU; then waits for its stdin to end, so that a test can read what
   /proc says it used. Prints the shares that it measured itself with the thread's CPU clock. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile unsigned long sink;

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}


/* Makes a leaf function set up its frame, as -fno-omit-frame-pointer does for all others. */
#define keep_frame() ((unsigned long)__builtin_frame_address(0) & 1)

__attribute__((noinline)) void burn_seventy(void) {
    unsigned long x = 1;
    for (unsigned long i = 0; i < 7 * 200000UL; i++) x = x * 6364136223846793005UL + i;
    sink += x + keep_frame();
}

__attribute__((noinline)) void burn_thirty(void) {
    unsigned long x = 1;
    for (unsigned long i = 0; i < 3 * 200000UL; i++) x = x * 6364136223846793005UL + i;
    sink += x + keep_frame();
}

int main(int argc, char **argv) {
    double seconds = (argc > 1 ? atof(argv[1]) : 1000) / 1e3;
    double end = now(CLOCK_THREAD_CPUTIME_ID) + seconds, seventy = 0, thirty = 0;
    while (now(CLOCK_THREAD_CPUTIME_ID) < end) {
        double t0 = now(CLOCK_THREAD_CPUTIME_ID);
        burn_seventy();
        double t1 = now(CLOCK_THREAD_CPUTIME_ID);
        burn_thirty();
        double t2 = now(CLOCK_THREAD_CPUTIME_ID);
        seventy += t1 - t0;
        thirty += t2 - t1;
    }
    printf("%.4f %.4f\n", seventy / (seventy + thirty), thirty / (seventy + thirty));
    fflush(stdout);
    if (argc > 2) {
        char c;
        while (read(0, &c, 1) > 0) {}
    }
    return 0;
}
