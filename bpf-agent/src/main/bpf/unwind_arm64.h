/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What unwind.h needs to know of arm64. Compiled, not run. */
#ifndef UNWIND_ARM64_H
#define UNWIND_ARM64_H

#define SH_LEAF_REGISTERS 32

/* struct user_pt_regs in words of 8 bytes; the kernel's pt_regs begins with it. */
#define SH_PT_REGS_WORDS 34
#define SH_PT_FP 29
#define SH_PT_LR 30
#define SH_PT_SP 31
#define SH_PT_PC 32
#define SH_PT_MODE 33

/* rt_sigframe: siginfo of 128 bytes, ucontext with its registers at 176 + 8. */
#define SH_SIGNAL_FP (312 + 29 * 8)
#define SH_SIGNAL_SP (312 + 31 * 8)
#define SH_SIGNAL_PC (312 + 32 * 8)

static __always_inline int sh_is_user_mode(__u64 mode)
{
	return (mode & 0xf) == 0;
}

static __always_inline void sh_take_leaf(__u64 *leaf, const __u64 *pt)
{
	for (int i = 0; i < SH_LEAF_REGISTERS; i++)
		leaf[i] = pt[i];
}

static __always_inline __u64 sh_link_register(const __u64 *pt)
{
	return pt[SH_PT_LR];
}

/* Without the authentication code that signed return addresses carry above the address. */
static __always_inline __u64 sh_code_address(__u64 address)
{
	return address & ((1ULL << 48) - 1);
}

/* mov x8, #139; svc #0 */
static __always_inline int sh_is_signal_return(__u64 first, __u64 second)
{
	return first == 0xd4000001d2801168ULL;
}

/* HotSpot's frames were not tried here. */
#define SH_HOTSPOT_FRAMES_KNOWN 0
#define SH_HOTSPOT_BCP_REGISTER 22

#endif
