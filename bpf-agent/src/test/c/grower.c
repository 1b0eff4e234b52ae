/* Touches new pages in two functions, 1 to 3: PAGES, all in all. With frame pointers. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void touch(long pages)
{
	long page = sysconf(_SC_PAGESIZE);
	volatile char *memory = mmap(0, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise((void *)memory, pages * page, MADV_NOHUGEPAGE);
	for (long i = 0; i < pages; i++)
		memory[i * page] = 1;
	munmap((void *)memory, pages * page);
}

__attribute__((noinline)) void little(long pages)
{
	touch(pages);
	__asm__ volatile("");
}

__attribute__((noinline)) void much(long pages)
{
	touch(pages);
	__asm__ volatile("");
}

int main(int count, char **arguments)
{
	long pages = atol(arguments[1]);
	for (long at = 0; at < pages; at += 4096) {
		little(1024);
		much(3072);
	}
	return 0;
}
