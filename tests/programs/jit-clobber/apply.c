// Compiled with -O2 in every build: gcc keeps `item` in rbx across the call, as the System V ABI allows.
#include <stdint.h>

struct item {
	uint64_t key, value;
};

uint64_t apply(const struct item *item, uint64_t key, uint64_t (*code)(uint64_t))
{
	uint64_t hash = code(key);
	return hash + item->value;
}
