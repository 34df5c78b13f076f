/* What test_eval.c runs besides its own. */
#pragma once

int eval_expr_tests(void);
int eval_parts_tests(void);
int eval_cx_tests(void);
