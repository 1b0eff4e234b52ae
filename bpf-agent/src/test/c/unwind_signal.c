/* Burns CPU in a signal handler, also on a stack of its own, in two threads. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

volatile unsigned long sink;

__attribute__((noinline)) static void spin(unsigned long n)
{
	for (unsigned long i = 0; i < n; i++)
		sink += i * i;
}

__attribute__((noinline)) static void handler(int number)
{
	spin(300000);
	__asm__ volatile("");
}

__attribute__((noinline)) static void work(void)
{
	for (;;) {
		spin(1000);
		__asm__ volatile("");
	}
}

static void *run(void *unused)
{
	work();
	return unused;
}

int main(void)
{
	stack_t other = {.ss_sp = malloc(65536), .ss_size = 65536};
	struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK | SA_RESTART};
	struct itimerval every = {{0, 4000}, {0, 4000}};
	pthread_t thread;

	sigaltstack(&other, 0);
	sigaction(SIGALRM, &action, 0);
	pthread_create(&thread, 0, run, 0);
	setitimer(ITIMER_REAL, &every, 0);
	work();
}
