/* Diagnostics for oxdb's own developers, on stderr, off unless OXDB_LOG is set in the environment to
 * a comma-separated list of layer names or "all". Never for users. */
#pragma once

#include "base/error.h"

bool log_enabled(const char *layer);
void log_line(const char *layer, const char *format, ...) ERROR_PRINTF(2, 3);
#define LOG(layer, ...)                               \
	do {                                          \
		if (log_enabled(layer))               \
			log_line(layer, __VA_ARGS__); \
	} while (0)
