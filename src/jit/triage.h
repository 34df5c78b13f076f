/* The main job without a keyboard: run a program to its end, or wait for the end of one that runs, and explain how it failed. */
#pragma once

#include "base/error.h"
#include "jit/report.h"
#include "target/target.h"

struct triage_options {
	const char *const *argv; /* what to run; or */
	target_pid pid;   /* not 0: who runs already. It is let go when triage ends before it does */
	double timeout_s; /* 0: none */
	bool no_children;
	const char *const *debug_directories; /* NULL: default */
	/* Called as soon as a crash was explained, before the program goes on dying; the report is borrowed. May be NULL. */
	void (*on_report)(void *ctx, const struct report *report);
	void *ctx;
};

struct triage_result {
	int exit_code; /* what `oxdb triage` exits with: 0, 1, 2 or the program's own */
	int program_end; /* of the program itself, whatever its descendants did: its exit code, or minus the signal that it died of */
	struct report *report; /* the first crash's, or of the time-out, or the plain outcome; destroy with report_destroy */
};

/* Runs it all. An error (exit code 2) when oxdb itself could not do its work; *ret->report is then a FAILED one where possible. */
struct error *triage_run(struct target *target, const struct triage_options *options,
			 struct triage_result *ret) ERROR_CHECK;
/* Ends a triage_run with a pid: the process runs on (REPORT_DETACHED). May be called before it has begun. Async-signal-safe. */
void triage_stop(void);
void report_destroy(struct report *report);
