/* What may stand where in a file. */
#pragma once

#include "natvis/natvis_internal.h"

enum nv_attribute {
	NV_ATTR_NAME,
	NV_ATTR_PRIORITY,
	NV_ATTR_INHERITABLE,
	NV_ATTR_INCLUDE_VIEW,
	NV_ATTR_EXCLUDE_VIEW,
	NV_ATTR_OPTIONAL,
	NV_ATTR_CONDITION,
	NV_ATTR_MODULE_NAME,
	NV_ATTR_MODULE_VERSION_MIN,
	NV_ATTR_MODULE_VERSION_MAX,
	NV_ATTR_MIN,
	NV_ATTR_MAX,
	NV_ATTR_USAGE,
	NV_ATTR_HIDE_RAW_VIEW,
	NV_ATTR_EXPRESSION,
	NV_ATTR_TYPE,
	NV_ATTR_INITIAL_VALUE,
	NV_ATTR_VALUE,
	NV_ATTR_MAX_ITEMS,
	NV_ATTR_PASSED_OVER, /* what says nothing to oxdb: ReturnType, Category … */
};

enum nv_content {
	NV_CONTENT_ELEMENTS, /* others and no text */
	NV_CONTENT_EXPR,     /* an expression */
	NV_CONTENT_MAYBE,    /* an expression or nothing */
	NV_CONTENT_DISPLAY,  /* text with expressions in braces */
	NV_CONTENT_DIRECTION,
	NV_CONTENT_ANY, /* is passed over */
};

struct nv_rule {
	const char *name;
	uint8_t kind, content;
	uint64_t parents; /* a bit for each kind */
	uint32_t allowed; /* a bit for each attribute */
	uint32_t needed;
};

/* NULL: there is no such element. */
const struct nv_rule *nv_rule_find(struct str name);
const struct nv_rule *nv_rule_of(uint8_t kind);
/* -1: there is no such attribute. */
int nv_attribute_find(struct str name);
const char *nv_attribute_name(enum nv_attribute a);
