/*
 * The thread-local variable of OTEP 4947 and what sets it, to be compiled in each model, as a library or into a program. With
 * LARGE it lies behind so much else that no dynamic linker puts it into static storage.
 */
#ifdef LARGE
__attribute__((aligned(64))) __thread char before_it[LARGE];
#endif
__attribute__((visibility("default"))) __thread void *otel_thread_ctx_v1;

__attribute__((visibility("default"), noinline)) void set_thread_context(void *record)
{
#ifdef LARGE
	before_it[LARGE / 2]++;
#endif
	*(void *volatile *)&otel_thread_ctx_v1 = record;
	__asm__ volatile("" ::: "memory");
}

/* How far from the thread pointer it lies in the calling thread. */
__attribute__((visibility("default"), noinline)) long thread_context_offset(void)
{
	return (char *)&otel_thread_ctx_v1 - (char *)__builtin_thread_pointer();
}
