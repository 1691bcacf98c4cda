/* SPDX-License-Identifier: MIT
 * Reads domain documents for the differential test. Protocol: each argument is a file, or "-" for one document on
 * stdin; prints the formatted document, or "ERR code domain" and the detail text. Exit status 0 in both cases.
 * Flags before the files: --secure, --inactive, --validate, --create, --id=N.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/libvirt.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/file.h"
#include "xml/domain.h"

static void show(const char *path, int id, unsigned int parse, unsigned int format)
{
    auto_free char *xml = NULL;
    size_t length;
    if (file_read(str_equal(path, "-") ? "/dev/stdin" : path, 64u << 20, &xml, &length) < 0) {
        perror(path);
        exit(2);
    }
    auto_with(domain_def_free) struct domain_def *def = domain_def_parse(xml, parse);
    if (!def) {
        const struct error *error = error_slot();
        printf("ERR %d %d\n%s", error->code, error->domain, error->detail ? error->detail : "");
        error_reset();
        return;
    }
    auto_free char *text = domain_def_format(def, id, format);
    fputs(text ? text : "out of memory\n", stdout);
}

int main(int argc, char **argv)
{
    unsigned int parse = DOMAIN_PARSE_DEFINE, format = 0;
    int id = -1;
    for (int i = 1; i < argc; i++) {
        if (str_equal(argv[i], "--secure"))
            format |= VIR_DOMAIN_XML_SECURE;
        else if (str_equal(argv[i], "--inactive"))
            format |= VIR_DOMAIN_XML_INACTIVE;
        else if (str_equal(argv[i], "--validate"))
            parse |= DOMAIN_PARSE_VALIDATE;
        else if (str_equal(argv[i], "--create"))
            parse &= ~(unsigned int)DOMAIN_PARSE_DEFINE;
        else if (str_prefix(argv[i], "--id="))
            id = atoi(argv[i] + 5);
        else
            show(argv[i], id, parse, format);
    }
    return 0;
}
