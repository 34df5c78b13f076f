/* test_engine.c and engine_linux.c are one program. */
#pragma once

#include "base/error.h"

void ok(struct error *err); /* asserts that there is none */
int engine_linux_tests(void);
int control_linux_tests(void);
