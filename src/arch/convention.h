/* The calling conventions of x86-64, each as `struct arch.classify` describes it; not for other layers. At most ARCH_MAX_ARGS
 * arguments are looked at. */
#pragma once

#include "arch/arch.h"

/* System V psABI for AMD64, 3.2.3. */
void sysv_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
		   struct arch_call *ret);
/* What rustc does for extern "Rust" (no promise of the language). */
void rust_cc_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
		      struct arch_call *ret);
/* Microsoft's x64 calling convention. */
void win64_classify(const struct arch_shape *result, const struct arch_shape *args, size_t arg_count,
		    struct arch_call *ret);
