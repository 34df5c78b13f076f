/* Natvis's schema as tables. */
#include "natvis/schema.h"

#define IN(kind) (UINT64_C(1) << (kind))
#define A(name) (UINT32_C(1) << NV_ATTR_##name)

/* The schema's groups CommonAttributes_NoCondition_NoView and CommonAttributes. */
#define MODULE (A(MODULE_NAME) | A(MODULE_VERSION_MIN) | A(MODULE_VERSION_MAX) | A(OPTIONAL))
#define COMMON (MODULE | A(INCLUDE_VIEW) | A(EXCLUDE_VIEW) | A(CONDITION))

#define LISTS                                                                                          \
	(IN(NV_ARRAY_ITEMS) | IN(NV_INDEX_LIST_ITEMS) | IN(NV_LINKED_LIST_ITEMS) | IN(NV_TREE_ITEMS) | \
	 IN(NV_CUSTOM_LIST_ITEMS))
#define CODE (IN(NV_CUSTOM_LIST_ITEMS) | IN(NV_LOOP) | IN(NV_IF) | IN(NV_ELSEIF) | IN(NV_ELSE))

static const struct nv_rule rules[] = {
	{ "AutoVisualizer", NV_AUTO_VISUALIZER, NV_CONTENT_ELEMENTS, 0, A(PASSED_OVER), 0 },
	{ "Type", NV_TYPE, NV_CONTENT_ELEMENTS, IN(NV_AUTO_VISUALIZER),
	  A(NAME) | A(PRIORITY) | A(INHERITABLE) | MODULE | A(INCLUDE_VIEW) | A(EXCLUDE_VIEW), A(NAME) },
	{ "AlternativeType", NV_ALTERNATIVE_TYPE, NV_CONTENT_ELEMENTS, IN(NV_TYPE),
	  A(NAME) | A(PRIORITY) | A(INHERITABLE), A(NAME) },
	{ "Version", NV_VERSION, NV_CONTENT_ELEMENTS, IN(NV_TYPE) | IN(NV_AUTO_VISUALIZER),
	  A(NAME) | A(MIN) | A(MAX), A(NAME) },
	{ "SmartPointer", NV_SMART_POINTER, NV_CONTENT_EXPR, IN(NV_TYPE),
	  COMMON | A(USAGE) | A(PASSED_OVER), A(USAGE) },
	{ "MostDerivedType", NV_MOST_DERIVED_TYPE, NV_CONTENT_EXPR, IN(NV_TYPE), COMMON | A(PASSED_OVER),
	  0 },
	{ "DisplayString", NV_DISPLAY_STRING, NV_CONTENT_DISPLAY, IN(NV_TYPE) | IN(NV_SYNTHETIC),
	  COMMON | A(PASSED_OVER), 0 },
	{ "StringView", NV_STRING_VIEW, NV_CONTENT_EXPR, IN(NV_TYPE) | IN(NV_SYNTHETIC), COMMON, 0 },
	{ "Expand", NV_EXPAND, NV_CONTENT_ELEMENTS, IN(NV_TYPE) | IN(NV_SYNTHETIC), A(HIDE_RAW_VIEW), 0 },
	{ "Item", NV_ITEM, NV_CONTENT_EXPR, IN(NV_EXPAND) | CODE, COMMON | A(NAME), 0 },
	{ "ExpandedItem", NV_EXPANDED_ITEM, NV_CONTENT_EXPR, IN(NV_EXPAND), COMMON, 0 },
	{ "Synthetic", NV_SYNTHETIC, NV_CONTENT_ELEMENTS, IN(NV_EXPAND),
	  COMMON | A(NAME) | A(EXPRESSION), A(NAME) },
	{ "ArrayItems", NV_ARRAY_ITEMS, NV_CONTENT_ELEMENTS, IN(NV_EXPAND), COMMON, 0 },
	{ "IndexListItems", NV_INDEX_LIST_ITEMS, NV_CONTENT_ELEMENTS, IN(NV_EXPAND), COMMON, 0 },
	{ "LinkedListItems", NV_LINKED_LIST_ITEMS, NV_CONTENT_ELEMENTS, IN(NV_EXPAND), COMMON, 0 },
	{ "TreeItems", NV_TREE_ITEMS, NV_CONTENT_ELEMENTS, IN(NV_EXPAND), COMMON, 0 },
	{ "CustomListItems", NV_CUSTOM_LIST_ITEMS, NV_CONTENT_ELEMENTS, IN(NV_EXPAND),
	  COMMON | A(MAX_ITEMS), 0 },
	{ "Size", NV_SIZE, NV_CONTENT_EXPR, LISTS, COMMON, 0 },
	{ "Direction", NV_DIRECTION, NV_CONTENT_DIRECTION, IN(NV_ARRAY_ITEMS), 0, 0 },
	{ "Rank", NV_RANK, NV_CONTENT_EXPR, IN(NV_ARRAY_ITEMS), 0, 0 },
	{ "LowerBound", NV_LOWER_BOUND, NV_CONTENT_EXPR, IN(NV_ARRAY_ITEMS), 0, 0 },
	{ "Stride", NV_STRIDE, NV_CONTENT_EXPR, IN(NV_ARRAY_ITEMS), 0, 0 },
	{ "ValuePointer", NV_VALUE_POINTER, NV_CONTENT_EXPR, IN(NV_ARRAY_ITEMS), A(CONDITION), 0 },
	{ "ValueNode", NV_VALUE_NODE, NV_CONTENT_MAYBE,
	  IN(NV_INDEX_LIST_ITEMS) | IN(NV_LINKED_LIST_ITEMS) | IN(NV_TREE_ITEMS), A(CONDITION) | A(NAME),
	  0 },
	{ "HeadPointer", NV_HEAD_POINTER, NV_CONTENT_EXPR, IN(NV_LINKED_LIST_ITEMS) | IN(NV_TREE_ITEMS),
	  0, 0 },
	{ "NextPointer", NV_NEXT_POINTER, NV_CONTENT_EXPR, IN(NV_LINKED_LIST_ITEMS), 0, 0 },
	{ "LeftPointer", NV_LEFT_POINTER, NV_CONTENT_EXPR, IN(NV_TREE_ITEMS), 0, 0 },
	{ "RightPointer", NV_RIGHT_POINTER, NV_CONTENT_EXPR, IN(NV_TREE_ITEMS), 0, 0 },
	{ "Variable", NV_VARIABLE, NV_CONTENT_ELEMENTS, IN(NV_CUSTOM_LIST_ITEMS),
	  A(NAME) | A(INITIAL_VALUE), A(NAME) | A(INITIAL_VALUE) },
	{ "Skip", NV_SKIP, NV_CONTENT_ELEMENTS, IN(NV_CUSTOM_LIST_ITEMS), A(VALUE), A(VALUE) },
	{ "Loop", NV_LOOP, NV_CONTENT_ELEMENTS, CODE | IN(NV_SKIP), A(CONDITION), 0 },
	{ "If", NV_IF, NV_CONTENT_ELEMENTS, CODE | IN(NV_SKIP), A(CONDITION), A(CONDITION) },
	{ "Elseif", NV_ELSEIF, NV_CONTENT_ELEMENTS, CODE | IN(NV_SKIP), A(CONDITION), A(CONDITION) },
	{ "Else", NV_ELSE, NV_CONTENT_ELEMENTS, CODE | IN(NV_SKIP), 0, 0 },
	{ "Exec", NV_EXEC, NV_CONTENT_EXPR, CODE | IN(NV_SKIP), A(CONDITION), 0 },
	{ "Break", NV_BREAK, NV_CONTENT_ELEMENTS, CODE | IN(NV_SKIP), A(CONDITION), 0 },
	{ "Intrinsic", NV_INTRINSIC, NV_CONTENT_ELEMENTS, IN(NV_TYPE) | IN(NV_AUTO_VISUALIZER),
	  MODULE | A(NAME) | A(EXPRESSION) | A(PASSED_OVER), A(NAME) | A(EXPRESSION) },
	{ "Parameter", NV_PARAMETER, NV_CONTENT_ELEMENTS, IN(NV_INTRINSIC), A(NAME) | A(TYPE),
	  A(NAME) | A(TYPE) },
	{ "UIVisualizer", NV_PASSED_OVER, NV_CONTENT_ANY, IN(NV_TYPE) | IN(NV_AUTO_VISUALIZER),
	  UINT32_MAX, 0 },
	{ "CustomVisualizer", NV_PASSED_OVER, NV_CONTENT_ANY, IN(NV_TYPE) | IN(NV_SYNTHETIC), UINT32_MAX,
	  0 },
	{ "HResult", NV_PASSED_OVER, NV_CONTENT_ANY, IN(NV_AUTO_VISUALIZER), UINT32_MAX, 0 },
	{ "LocalizedStrings", NV_PASSED_OVER, NV_CONTENT_ANY, IN(NV_AUTO_VISUALIZER), UINT32_MAX, 0 },
};

static const struct {
	const char *name;
	uint8_t attribute;
} attributes[] = {
	{ "Name", NV_ATTR_NAME },
	{ "Priority", NV_ATTR_PRIORITY },
	{ "Inheritable", NV_ATTR_INHERITABLE },
	{ "IncludeView", NV_ATTR_INCLUDE_VIEW },
	{ "ExcludeView", NV_ATTR_EXCLUDE_VIEW },
	{ "Optional", NV_ATTR_OPTIONAL },
	{ "Condition", NV_ATTR_CONDITION },
	{ "ModuleName", NV_ATTR_MODULE_NAME },
	{ "ModuleVersionMin", NV_ATTR_MODULE_VERSION_MIN },
	{ "ModuleVersionMax", NV_ATTR_MODULE_VERSION_MAX },
	{ "Min", NV_ATTR_MIN },
	{ "Max", NV_ATTR_MAX },
	{ "Usage", NV_ATTR_USAGE },
	{ "HideRawView", NV_ATTR_HIDE_RAW_VIEW },
	{ "Expression", NV_ATTR_EXPRESSION },
	{ "Type", NV_ATTR_TYPE },
	{ "InitialValue", NV_ATTR_INITIAL_VALUE },
	{ "Value", NV_ATTR_VALUE },
	{ "MaxItemsPerView", NV_ATTR_MAX_ITEMS },
	{ "DefaultExpansion", NV_ATTR_PASSED_OVER },
	{ "IgnoreVTable", NV_ATTR_PASSED_OVER },
	{ "LegacyAddin", NV_ATTR_PASSED_OVER },
	{ "Export", NV_ATTR_PASSED_OVER },
	{ "Encoding", NV_ATTR_PASSED_OVER },
	{ "Category", NV_ATTR_PASSED_OVER },
	{ "ReturnType", NV_ATTR_PASSED_OVER },
	{ "SourceId", NV_ATTR_PASSED_OVER },
	{ "LanguageId", NV_ATTR_PASSED_OVER },
	{ "Id", NV_ATTR_PASSED_OVER },
	{ "SideEffect", NV_ATTR_PASSED_OVER },
	{ "Varargs", NV_ATTR_PASSED_OVER },
	{ "ServiceId", NV_ATTR_PASSED_OVER },
	{ "VisualizerId", NV_ATTR_PASSED_OVER },
	{ "MenuName", NV_ATTR_PASSED_OVER },
};

const struct nv_rule *nv_rule_find(struct str name)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (str_is(name, rules[i].name))
			return &rules[i];
	return NULL;
}

const struct nv_rule *nv_rule_of(uint8_t kind)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].kind == kind)
			return &rules[i];
	return NULL;
}

const char *nv_kind_name(uint8_t kind)
{
	const struct nv_rule *rule = nv_rule_of(kind);
	return rule ? rule->name : "?";
}

int nv_attribute_find(struct str name)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (str_is(name, attributes[i].name))
			return attributes[i].attribute;
	return -1;
}

const char *nv_attribute_name(enum nv_attribute a)
{
	for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
		if (attributes[i].attribute == a)
			return attributes[i].name;
	return "?";
}
