/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What unwind.h needs to know of x86-64. Registers have their DWARF numbers: 6 is the frame pointer, 7 the stack pointer. */
#ifndef UNWIND_X86_H
#define UNWIND_X86_H

#define SH_LEAF_REGISTERS 16

/* struct pt_regs in words of 8 bytes, the same in kernel and uapi. */
#define SH_PT_REGS_WORDS 20
#define SH_PT_FP 4
#define SH_PT_PC 16
#define SH_PT_MODE 17
#define SH_PT_SP 19

/* rt_sigframe as __restore_rt finds it: SP points to struct ucontext, its registers lie at 40. */
#define SH_SIGNAL_FP 120
#define SH_SIGNAL_SP 160
#define SH_SIGNAL_PC 168

static __always_inline int sh_is_user_mode(__u64 mode)
{
	return (mode & 3) == 3;
}

static __always_inline void sh_take_leaf(__u64 *leaf, const __u64 *pt)
{
	leaf[0] = pt[10]; /* rax */
	leaf[1] = pt[12]; /* rdx */
	leaf[2] = pt[11]; /* rcx */
	leaf[3] = pt[5];  /* rbx */
	leaf[4] = pt[13]; /* rsi */
	leaf[5] = pt[14]; /* rdi */
	leaf[6] = pt[4];  /* rbp */
	leaf[7] = pt[19]; /* rsp */
	leaf[8] = pt[9];
	leaf[9] = pt[8];
	leaf[10] = pt[7];
	leaf[11] = pt[6];
	leaf[12] = pt[3];
	leaf[13] = pt[2];
	leaf[14] = pt[1];
	leaf[15] = pt[0];
}

static __always_inline __u64 sh_link_register(const __u64 *pt)
{
	return 0;
}

static __always_inline __u64 sh_code_address(__u64 address)
{
	return address;
}

/* mov $15, %rax; syscall: what returns from a signal, where no table says so (musl) */
static __always_inline int sh_is_signal_return(__u64 first, __u64 second)
{
	return first == 0x0f0000000fc0c748ULL && (second & 0xff) == 0x05;
}

/* The interpreter keeps the bytecode pointer in r13. */
#define SH_HOTSPOT_FRAMES_KNOWN 1
#define SH_HOTSPOT_BCP_REGISTER 13

#endif
