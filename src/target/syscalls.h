/* The names of Linux's system calls on x86-64. */
#pragma once

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

const char *target_syscall_name(uint64_t number); /* "openat"; NULL: no such call is known */
bool target_syscall_number(struct str name, uint64_t *ret);
/* Numbers of the calls of a group ("file", "network", "process" …), ascending; 0: there is no such group. */
size_t target_syscall_group(struct str name, const uint16_t **ret);
