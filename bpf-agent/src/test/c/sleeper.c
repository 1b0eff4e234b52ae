/*
 * Threads that sleep in two functions, 1 to 3, and one that computes in burn() until they have ended: THREADS ROUNDS MICROSECONDS.
 * Prints how long the threads were in each of the two, by their own clock, in nanoseconds. With frame pointers.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

static long rounds, microseconds;
static volatile int ended;
static volatile unsigned long sink;
static long long brief_nanos, lengthy_nanos;

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

/* No library in between, which would have no frame pointer. */
static void nap(long us)
{
	struct timespec t = {us / 1000000, us % 1000000 * 1000};
#ifdef __x86_64__
	long result = SYS_nanosleep;
	__asm__ volatile("syscall" : "+a"(result) : "D"(&t), "S"(0) : "rcx", "r11", "memory");
#else
	nanosleep(&t, NULL);
#endif
}

__attribute__((noinline)) void brief(void)
{
	nap(microseconds);
	__asm__ volatile("");
}

__attribute__((noinline)) void lengthy(void)
{
	nap(3 * microseconds);
	__asm__ volatile("");
}

__attribute__((noinline)) void *burn(void *argument)
{
	while (!ended)
		sink += sink * sink + 1;
	return argument;
}

static void *work(void *argument)
{
	for (long i = 0; i < rounds; i++) {
		long long first = now(), second, third;
		brief();
		second = now();
		lengthy();
		third = now();
		__atomic_fetch_add(&brief_nanos, second - first, __ATOMIC_RELAXED);
		__atomic_fetch_add(&lengthy_nanos, third - second, __ATOMIC_RELAXED);
	}
	return argument;
}

int main(int count, char **arguments)
{
	int threads = atoi(arguments[1]);
	pthread_t burner, workers[threads];

	rounds = atol(arguments[2]);
	microseconds = atol(arguments[3]);
	pthread_create(&burner, NULL, burn, NULL);
	for (int i = 0; i < threads; i++)
		pthread_create(&workers[i], NULL, work, NULL);
	for (int i = 0; i < threads; i++)
		pthread_join(workers[i], NULL);
	ended = 1;
	pthread_join(burner, NULL);
	printf("%lld %lld\n", brief_nanos, lengthy_nanos);
	return 0;
}
