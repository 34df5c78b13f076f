/* What std's panic machinery passes around: locations and payloads, read out of the program without its
 * help. std's own structures have no DWARF in a usual program, so they are told by the symbols of their
 * vtables and by what their words can be. Tried with rustc 1.95;
 * earlier layouts as std's sources have them. */
#pragma once

#include "base/map.h"
#include "engine/engine.h"

enum jit_payload_kind {
	JIT_PAYLOAD_UNKNOWN,
	JIT_PAYLOAD_STATIC, /* a message without arguments: &str (StaticStrPayload, StrPanicPayload) */
	JIT_PAYLOAD_FORMAT, /* Arguments, and an Option<String> that the first who asks fills in */
	JIT_PAYLOAD_VALUE,  /* panic_any(value): Option<A> (begin_panic's Payload, PanicPayload) */
	JIT_PAYLOAD_BOX,    /* resume_unwind: Box<dyn Any> (RewrapBox) */
};

struct jit_payload_type {
	enum jit_payload_kind kind;
	uint64_t size;   /* bytes, of the vtable */
	bool text_known; /* the type's name is known, and … */
	bool is_text;    /* … is &str or String */
};

/* A `dyn` payload's type, by its vtable. */
struct jit_payload_type jit_payload_type(struct eng_process *p, uint64_t vtable);

enum { JIT_MAX_MESSAGE = 4096 };
/* Its text into buf (at most JIT_MAX_MESSAGE bytes; cut at a character): the length, or SIZE_MAX when
 * there is none (yet), or it is none. *ret_text: where the program has it. */
size_t jit_payload_text(struct eng_process *p, struct jit_payload_type type, uint64_t data, char *buf,
			uint64_t *ret_text);

struct jit_location {
	size_t file_len;
	char file[JIT_MAX_MESSAGE];
	uint32_t line, column;
};
/* core::panic::Location at addr; false when what is there cannot be one. */
bool jit_location_read(struct eng_process *p, uint64_t addr, struct jit_location *ret);
