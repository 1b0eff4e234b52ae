/* Prints where, from the thread pointer, the variable of context_variable.c lies in a program. */
#include <stdio.h>

long thread_context_offset(void);

int main(void)
{
	printf("%ld\n", thread_context_offset());
	return 0;
}
