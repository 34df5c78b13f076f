#include "dwarf/constants.h"

/* clang-format off */
#define NAME_FUNCTION(function, prefix, LIST) \
	const char *function(unsigned number) \
	{ \
		switch (number) { \
			LIST(prefix##_CASE) \
		default: \
			return #prefix "_?"; \
		} \
	}

#define DW_TAG_CASE(name, value) case value: return "DW_TAG_" #name;
#define DW_AT_CASE(name, value) case value: return "DW_AT_" #name;
#define DW_FORM_CASE(name, value) case value: return "DW_FORM_" #name;
#define DW_OP_CASE(name, value) case value: return "DW_OP_" #name;
#define DW_ATE_CASE(name, value) case value: return "DW_ATE_" #name;
#define DW_LANG_CASE(name, value) case value: return "DW_LANG_" #name;
#define DW_CFA_CASE(name, value) case value: return "DW_CFA_" #name;

NAME_FUNCTION(dw_tag_name, DW_TAG, DW_TAG_LIST)
NAME_FUNCTION(dw_at_name, DW_AT, DW_AT_LIST)
NAME_FUNCTION(dw_form_name, DW_FORM, DW_FORM_LIST)
NAME_FUNCTION(dw_op_name, DW_OP, DW_OP_LIST)
NAME_FUNCTION(dw_ate_name, DW_ATE, DW_ATE_LIST)
NAME_FUNCTION(dw_lang_name, DW_LANG, DW_LANG_LIST)
NAME_FUNCTION(dw_cfa_name, DW_CFA, DW_CFA_LIST)
/* clang-format on */
