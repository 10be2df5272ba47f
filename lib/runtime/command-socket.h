/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * liblxc's monitor listens at the container's command socket, LXCPATH/CTID/command in the abstract
 * namespace (unix(7)).  Any user of the host can take such a name.
 */
#ifndef LIB_RUNTIME_COMMAND_SOCKET_H
#define LIB_RUNTIME_COMMAND_SOCKET_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Get the process that listens at LIB/CTID/command.  -ECONNREFUSED: none; -EAGAIN: the listener
 * accepts no connections.
 */
int listener_find(unsigned ctid, struct ucred *ret);

/* Call fn with each container at whose command socket any user listens. */
void listener_each(void (*fn)(unsigned ctid, void *arg), void *arg);

/* Whether root has a container with this number outside of LIB. */
bool listener_is_elsewhere(unsigned ctid);

#endif
