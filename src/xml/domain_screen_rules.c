/* SPDX-License-Identifier: MIT
 * Tables of <graphics> and <video>.
 */
#include <stdio.h>
#include <libvirt/virterror.h>

#include "base/error.h"
#include "xml/domain_rules.h"

#define ERROR_DOMAIN VIR_FROM_DOMAIN

/* ---- <graphics> ---- */

#define NET "type=vnc|spice|rdp"

static const struct rule listen_rule = { .name = "listen", .flags = RULE_MANY, .when = NET,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .values = "none|address|network|socket",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "address", .type = VALUE_TEXT, .when = "type=address",
                               .flags = ATTRIBUTE_NON_EMPTY },
                             { .name = "network", .type = VALUE_TEXT, .when = "type=network",
                               .flags = ATTRIBUTE_REQUIRED,
                               .missing = "X:'network' attribute is required for listen type 'network'" },
                             { .name = "socket", .type = VALUE_TEXT, .when = "type=socket" }) };
static const struct rule spice_channel_rule = { .name = "channel", .flags = RULE_MANY, .when = "type=spice",
    .attributes = ATTRIBUTES({ .name = "name", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "main|display|inputs|cursor|playback|record|smartcard|usbredir" },
                             { .name = "mode", .type = VALUE_ENUM, .values = "secure|insecure|any",
                               .flags = ATTRIBUTE_REQUIRED }) };
#define SPICE(variable, element, attribute, choices) \
    static const struct rule variable = { .name = element, .when = "type=spice", \
        .attributes = ATTRIBUTES({ .name = attribute, .type = VALUE_ENUM, .values = choices, \
                                   .flags = ATTRIBUTE_REQUIRED }) }
SPICE(image_rule, "image", "compression", "auto_glz|auto_lz|quic|glz|lz|off");
SPICE(jpeg_rule, "jpeg", "compression", "auto|never|always");
SPICE(zlib_rule, "zlib", "compression", "auto|never|always");
SPICE(playback_rule, "playback", "compression", "on|off");
SPICE(streaming_rule, "streaming", "mode", "filter|all|off");
SPICE(mouse_rule, "mouse", "mode", "server|client");
SPICE(clipboard_rule, "clipboard", "copypaste", "yes|no");
SPICE(filetransfer_rule, "filetransfer", "enable", "yes|no");
static const struct rule gl_rule = { .name = "gl", .flags = RULE_DROP_EMPTY, .when = "type=spice|sdl|egl-headless|dbus",
    .attributes = ATTRIBUTES({ .name = "enable", .type = VALUE_YES_NO, .when = "type=spice|sdl|dbus",
                               .flags = ATTRIBUTE_REQUIRED },
                             { .name = "rendernode", .type = VALUE_TEXT, .when = "type=spice|egl-headless|dbus" }) };
static const struct rule graphics_audio_rule = { .name = "audio", .flags = RULE_KEEP };

static int set(struct rule_context *context, struct node *node, const char *name, const char *value)
{
    if (value)
        return node_set(context->arena, node, name, value) < 0 ? fail_no_memory() : 0;
    node_unset(node, name);
    return 0;
}

/* What the old attributes say of the first listening place, and the other way round. */
static int fill_listen(struct rule_context *context, struct node *node)
{
    struct node *listen = node_find(node, "listen");
    const char *address = node_get(node, "listen"), *socket = node_get(node, "socket");
    if (listen && address && node_get(listen, "address") && !str_equal(address, node_get(listen, "address")))
        return fail(VIR_ERR_CONFIG_UNSUPPORTED, "graphics 'listen' attribute '%s' must match 'address' attribute of "
                    "first listen element (found '%s')", address, node_get(listen, "address"));
    if (!listen) {
        bool silent = node_is(node, "type", "spice") && !node_get(node, "port") && !node_get(node, "tlsPort") &&
                      !node_is(node, "autoport", "yes") && !address;
        listen = node_ensure(context->arena, node, "listen");
        if (!listen)
            return fail_no_memory();
        if (set(context, listen, "type", socket ? "socket" : silent ? "none" : "address") < 0 ||
            (socket ? set(context, listen, "socket", socket) : address ? set(context, listen, "address", address)
                : 0) < 0)
            return -1;
        return 0;
    }
    if (node_get(listen, "address") && set(context, node, "listen", node_get(listen, "address")) < 0)
        return -1;
    return node_is(node, "type", "vnc") && node_get(listen, "socket")
               ? set(context, node, "socket", node_get(listen, "socket")) : 0;
}

static int fill_ports(struct rule_context *context, struct node *node)
{
    const char *port = node_get(node, "port");
    bool asked = node_is(node, "autoport", "yes");
    int64_t number = 0;
    if (port && str_to_int64(port, 10, &number) < 0) {
        return node_is(node, "type", "vnc") ? rule_complain("I:cannot parse vnc port %s", port)
             : node_is(node, "type", "spice") ? rule_complain("I:cannot parse spice port %s", port)
                                              : rule_complain("I:cannot parse rdp port %s", port);
    }
    if (node_is(node, "type", "spice")) {
        if (asked && (set(context, node, "port", NULL) < 0 || set(context, node, "tlsPort", NULL) < 0))
            return -1;
        bool any = node_get(node, "port") || node_get(node, "tlsPort");
        return asked || !any ? 0 : set(context, node, "autoport", "no");
    }
    if (node_is(node, "type", "rdp")) {
        asked = asked || number == 0;
        return set(context, node, "port", asked ? "0" : port) < 0 ? -1
                                                                 : set(context, node, "autoport", asked ? "yes" : "no");
    }
    bool off = node_is(node, "autoport", "no");
    if (asked || number == -1 || (!port && !off))
        return set(context, node, "port", "-1") < 0 ? -1 : set(context, node, "autoport", "yes");
    return set(context, node, "port", number ? port : NULL) < 0 ? -1 : set(context, node, "autoport", "no");
}

static int finish_graphics(struct rule_context *context, const xmlNode *source, struct node *node)
{
    static const char *const ports[] = { "port", "tlsPort", "autoport" };
    (void)source;
    if (node_is(node, "fullscreen", "no"))
        node_unset(node, "fullscreen");
    if (!value_in("vnc|spice|rdp", node_get(node, "type")))
        return FINISH_KEEP;
    if (!value_in("yes|no", node_get(node, "autoport") ? node_get(node, "autoport") : ""))
        node_unset(node, "autoport");
    if (fill_listen(context, node) < 0)
        return -1;
    if (value_in("socket|none", node_get(node_find(node, "listen"), "type"))) {
        for (size_t i = 0; i < array_size(ports); i++)
            node_unset(node, ports[i]);
        return FINISH_KEEP;
    }
    return fill_ports(context, node);
}

const struct rule graphics_rule = { .name = "graphics", .flags = RULE_MANY, .finish = finish_graphics,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .flags = ATTRIBUTE_REQUIRED,
                               .values = "sdl|vnc|rdp|desktop|spice|egl-headless|dbus" },
        { .name = "socket", .type = VALUE_TEXT, .when = "type=vnc" },
        { .name = "port", .type = VALUE_TEXT, .when = NET },
        { .name = "tlsPort", .type = VALUE_TEXT, .when = "type=spice" },
        { .name = "autoport", .type = VALUE_TEXT, .when = NET },
        { .name = "websocket", .type = VALUE_INT, .when = "type=vnc",
            .invalid = "I:cannot parse vnc WebSocket port %s" },
        { .name = "replaceUser", .type = VALUE_YES_NO, .when = "type=rdp", .omit = "no" },
        { .name = "multiUser", .type = VALUE_YES_NO, .when = "type=rdp", .omit = "no" },
        { .name = "listen", .type = VALUE_TEXT, .when = NET, .flags = ATTRIBUTE_NON_EMPTY },
        { .name = "keymap", .type = VALUE_TEXT, .when = "type=vnc|spice" },
        { .name = "sharePolicy", .type = VALUE_ENUM, .values = "allow-exclusive|force-shared|ignore",
          .when = "type=vnc" },
        { .name = "powerControl", .type = VALUE_YES_NO, .when = "type=vnc" },
        { .name = "defaultMode", .type = VALUE_ENUM, .values = "any|secure|insecure", .omit = "any",
            .when = "type=spice" },
        { .name = "passwd", .type = VALUE_TEXT, .flags = ATTRIBUTE_SECRET, .when = "type=vnc|spice" },
        { .name = "passwdValidTo", .type = VALUE_TEXT, .when = "type=vnc|spice" },
        { .name = "connected", .type = VALUE_ENUM, .values = "fail|disconnect|keep", .when = "type=vnc|spice" },
        { .name = "p2p", .type = VALUE_YES_NO, .when = "type=dbus" },
        { .name = "display", .type = VALUE_TEXT, .when = "type=sdl|desktop" },
        { .name = "xauth", .type = VALUE_TEXT, .when = "type=sdl" },
        { .name = "fullscreen", .type = VALUE_YES_NO, .when = "type=sdl|desktop" }),
    .children = CHILDREN(&listen_rule, &spice_channel_rule, &image_rule, &jpeg_rule, &zlib_rule, &playback_rule,
        &streaming_rule, &mouse_rule, &clipboard_rule, &filetransfer_rule, &gl_rule, &graphics_audio_rule) };

/* ---- <video> ---- */

static const struct rule acceleration_rule = { .name = "acceleration", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "accel3d", .type = VALUE_YES_NO }, { .name = "accel2d", .type = VALUE_YES_NO },
                             { .name = "rendernode", .type = VALUE_TEXT }) };
static const struct rule resolution_rule = { .name = "resolution",
    .attributes = ATTRIBUTES({ .name = "x", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED },
                             { .name = "y", .type = VALUE_UINT, .flags = ATTRIBUTE_REQUIRED }) };

static int round_up(struct rule_context *context, struct node *model, const char *name)
{
    unsigned int kib;
    uint64_t power = 1;
    if (!node_get(model, name) || str_to_uint(node_get(model, name), &kib) < 0 || kib == 0)
        return 0;
    while (power < kib)
        power *= 2;
    const char *text = arena_printf(context->arena, "%llu", (unsigned long long)power);
    return text && node_set(context->arena, model, name, text) == 0 ? 0 : fail_no_memory();
}

static int finish_video_model(struct rule_context *context, const xmlNode *source, struct node *node)
{
    (void)source;
    if (node_is(node, "heads", "0"))
        node_unset(node, "heads");
    if (node_is(node, "type", "none"))
        node_unset(node, "heads");
    return round_up(context, node, "ram") < 0 || round_up(context, node, "vram") < 0 ? FINISH_FAILED : FINISH_KEEP;
}

#define VRAM(kib, condition) \
    { .name = "vram", .type = VALUE_UINT, .fallback = kib, .when = condition, \
      .invalid = "X:cannot parse video vram '%s'" }
static const struct rule video_model_rule = { .name = "model", .flags = RULE_ALWAYS, .finish = finish_video_model,
    .attributes = ATTRIBUTES({ .name = "type", .type = VALUE_ENUM, .fallback = "cirrus",
                               .values = "vga|cirrus|vmvga|xen|vbox|qxl|parallels|virtio|gop|none|bochs|ramfb",
                               .invalid = "U:unknown video model '%s'" },
        { .name = "ram", .type = VALUE_UINT, .fallback = "65536", .when = "type=qxl",
          .invalid = "X:cannot parse video ram '%s'" },
        VRAM("16384", "type=vga|cirrus|vmvga|bochs"), VRAM("65536", "type=qxl"), VRAM("4096", "type=xen"),
        VRAM(NULL, "type=vbox|parallels|virtio|gop|ramfb"),
        { .name = "vram64", .type = VALUE_UINT, .when = "type=qxl", .invalid = "X:cannot parse video vram64 '%s'" },
        { .name = "vgamem", .type = VALUE_UINT, .when = "type=qxl", .invalid = "X:cannot parse video vgamem '%s'" },
        { .name = "heads", .type = VALUE_UINT, .fallback = "1", .invalid = "X:cannot parse video heads '%s'" },
        { .name = "primary", .type = VALUE_YES_NO, .omit = "no" },
        { .name = "blob", .type = VALUE_ON_OFF }),
    .children = CHILDREN(&acceleration_rule, &resolution_rule) };
static const struct rule video_driver_rule = { .name = "driver", .flags = RULE_DROP_EMPTY,
    .attributes = ATTRIBUTES({ .name = "iommu", .type = VALUE_ON_OFF }, { .name = "ats", .type = VALUE_ON_OFF },
                             { .name = "packed", .type = VALUE_ON_OFF }, { .name = "page_per_vq",
                                 .type = VALUE_ON_OFF },
                             { .name = "name", .type = VALUE_ENUM, .values = "qemu|vhostuser" }) };

const struct rule video_rule = { .name = "video", .flags = RULE_MANY,
    .children = CHILDREN(&video_driver_rule, &video_model_rule, DEVICE_INFO) };
