/* Burns CPU in a known call tree, without frame pointers: 70 to 30 below sort() and recurse(). */
#include <stdlib.h>
#include <string.h>

volatile unsigned long sink;

__attribute__((noinline)) static unsigned long spin(unsigned long n)
{
	unsigned long sum = 0;

	for (unsigned long i = 0; i < n; i++)
		sum += i * i ^ sink;
	sink = sum;
	return sum;
}

__attribute__((noinline)) static int compare(const void *a, const void *b)
{
	spin(100);
	return *(const int *)a - *(const int *)b;
}

__attribute__((noinline)) static unsigned long down(int depth)
{
	char space[64];

	memset(space, depth, sizeof(space));
	sink += space[depth & 63];
	return depth ? down(depth - 1) + sink : spin(30000);
}

__attribute__((noinline)) void seventy(void)
{
	int values[64];

	for (int i = 0; i < 64; i++)
		values[i] = (i * 7919) % 100;
	qsort(values, 64, sizeof(values[0]), compare);
	spin(210000);
	__asm__ volatile("");
}

__attribute__((noinline)) void thirty(void)
{
	for (int i = 0; i < 3; i++) {
		down(20 + i);
		__asm__ volatile("");
	}
	spin(1);
	__asm__ volatile("");
}

int main(void)
{
	for (;;) {
		seventy();
		thirty();
	}
}
