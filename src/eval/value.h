/* A value: a type with bytes, and the place that they came from, if any. */
#pragma once

#include "eval/eval.h"

/* Conversions. Numbers up to 64 bits; false when the value is no number (a structure) or cannot be read. */
bool eval_as_unsigned(const struct eval_value *v, uint64_t *ret);
bool eval_as_signed(const struct eval_value *v, int64_t *ret);
bool eval_as_double(const struct eval_value *v, double *ret);
/* True, false, or an error (a structure, optimised out). */
struct error *eval_as_bool(const struct eval_value *v, bool *ret) ERROR_CHECK;
/* An address: of an integer or pointer its value, of a function its address, of an array or str in memory where it is. */
struct error *eval_as_address(const struct eval_value *v, uint64_t *ret) ERROR_CHECK;
struct error *eval_check(const struct eval_value *v)
	ERROR_CHECK; /* optimised out, unreadable: "value has been optimized out" … */
