/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every line that reports a verdict or a fault says of a pending SError.
 */
#ifndef PURGATORY_SERROR_H
#define PURGATORY_SERROR_H

struct line;

/*
 * Add to @line, as its last word, that an SError is pending: "serror=entry" if it was before
 * purgatory, "serror=pending" if it came from what purgatory has done, or the next kernel. Adds
 * nothing if there is none.
 */
void serror_add(struct line *line);

#endif
