/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Turns calls that always have a safer form here into compile errors.  The Makefile includes this
 * file in front of every source.  Idea: git's banned.h.
 */
#ifndef LIB_BASE_BANNED_H
#define LIB_BASE_BANNED_H

/* Declare them first, so that the poisoned names cannot break a system header. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok gets
#pragma GCC poison atoi atol atoll atof system popen mktemp tmpnam tempnam tmpfile

#endif
