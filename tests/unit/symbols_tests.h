/* test_symbols.c, symbols_lookup.c and symbols_c.c are one program. */
#pragma once

#include "symbols/lookup.h"

void lookup_check_rust(struct sym_module *m, bool debug);
void lookup_check_stopped(struct sym_module *m); /* asked first */
void c_check_names(struct sym_module *m); /* symbols_c.c: what C writes there */
/* A function of this program that has another inlined at `line`. */
void lookup_check_c(struct sym_module *m, struct file_addr function, uint32_t line);
/* Every kind of question; what matters is that each is answered. */
void lookup_ask_all(struct sym_module *m, struct file_addr pc);
