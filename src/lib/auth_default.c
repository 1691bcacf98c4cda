/* SPDX-License-Identifier: MIT
 * virConnectAuthPtrDefault: asks on standard output and reads standard input, without echo for secrets.
 */
#include <libvirt/libvirt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/str.h"

static int credential_types[] = {
    VIR_CRED_AUTHNAME,   VIR_CRED_ECHOPROMPT,   VIR_CRED_REALM,
    VIR_CRED_PASSPHRASE, VIR_CRED_NOECHOPROMPT, VIR_CRED_EXTERNAL,
};

/* One line of standard input without its newline, which the caller frees. NULL at the end of input. */
static char *read_line(bool echo)
{
    struct termios saved, silent;
    bool hide = !echo && tcgetattr(STDIN_FILENO, &saved) == 0;
    if (hide) {
        silent = saved;
        silent.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t length = getline(&line, &room, stdin);
    if (hide) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved);
        putchar('\n');
    }
    if (length < 0) {
        free(line);
        return NULL;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return line;
}

static int ask(virConnectCredentialPtr credential)
{
    bool secret = credential->type == VIR_CRED_PASSPHRASE || credential->type == VIR_CRED_NOECHOPROMPT;
    if (credential->type == VIR_CRED_EXTERNAL) {
        /* Granted by a program outside, such as a polkit agent: nothing to ask here. */
        return str_equal(credential->challenge, "PolicyKit") ? 0 : -1;
    }
    printf("%s: ", credential->prompt);
    fflush(stdout);
    auto_free char *answer = read_line(!secret);
    if (!answer)
        return -1;
    if (!*answer && credential->defresult) {
        free(answer);
        answer = strdup(credential->defresult);
    }
    if (!answer)
        return -1;
    credential->resultlen = (unsigned int)strlen(answer);
    credential->result = steal(answer);
    return 0;
}

static int ask_all(virConnectCredentialPtr credentials, unsigned int count, void *data)
{
    (void)data;
    for (unsigned int i = 0; i < count; i++) {
        if (ask(&credentials[i]) < 0)
            return -1;
    }
    return 0;
}

static virConnectAuth auth_default = { credential_types, array_size(credential_types), ask_all, NULL };

virConnectAuthPtr virConnectAuthPtrDefault = &auth_default;
