/* Prints where some of its functions are, then waits for its input to end. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>

__attribute__((noinline)) int stackhouse_leaf(int x) {
    return x * 31 + 7;
}

__attribute__((noinline)) static int stackhouse_local(int x) {
    return stackhouse_leaf(x) + stackhouse_leaf(x + 1);
}

extern __typeof(stackhouse_leaf) _stackhouse_leaf_alias __attribute__((alias("stackhouse_leaf")));

int main(void) {
    printf("stackhouse_leaf %p\n", (void *)stackhouse_leaf);
    printf("stackhouse_local %p\n", (void *)stackhouse_local);
    printf("main %p\n", (void *)main);
    printf("qsort %p\n", (void *)qsort);
    printf("vdso %p\n", (void *)getauxval(AT_SYSINFO_EHDR));
    printf("stack %p\n", __builtin_frame_address(0));
    fflush(stdout);
    int x = stackhouse_local(getchar());
    while (getchar() != EOF) {
    }
    return x == 0;
}
