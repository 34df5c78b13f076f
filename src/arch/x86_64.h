/* What the files of this layer share about x86-64; not for other layers. */
#pragma once

#include "arch/arch.h"

#include <Zydis/Zydis.h>

/* Decodes as arch_x86_64.decode does and also gives Zydis' mnemonic (ZYDIS_MNEMONIC_INVALID for an undecodable one). */
ZydisMnemonic x86_64_decode_mnemonic(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret);
void x86_64_decode(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret);
void x86_64_format(const uint8_t *bytes, size_t size, uint64_t pc, arch_symbolise_fn *symbolise,
		   void *ctx, struct buf *out);
bool x86_64_call_before(const uint8_t *bytes, size_t size, uint64_t pc, struct arch_insn *ret_call);
void x86_64_format_gdb(const uint8_t *bytes, size_t size, uint64_t pc, bool intel,
		       arch_symbolise_fn *symbolise, void *ctx, struct buf *out);
