/* The thread-local variable of OTEP 4947 and what sets it, to be compiled in each model, as a library or into a program. */
__attribute__((visibility("default"))) __thread void *otel_thread_ctx_v1;

__attribute__((visibility("default"), noinline)) void set_thread_context(void *record)
{
	*(void *volatile *)&otel_thread_ctx_v1 = record;
	__asm__ volatile("" ::: "memory");
}
