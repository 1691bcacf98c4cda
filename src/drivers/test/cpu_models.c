/* SPDX-License-Identifier: MIT
 * The names of CPU models by architecture: stock's map, which the test driver tells for any architecture.
 */
#include <libvirt/virterror.h>

#include "base/error.h"
#include "base/str.h"
#include "drivers/test/calls.h"

#define ERROR_DOMAIN VIR_FROM_TEST

static const char *const x86_models[] = {
    "486", "pentium", "pentium2", "pentium3", "pentiumpro", "coreduo", "n270", "core2duo", "qemu32", "kvm32",
    "cpu64-rhel5", "cpu64-rhel6", "qemu64", "kvm64", "Conroe", "Penryn", "Nehalem", "Nehalem-IBRS", "Westmere",
    "Westmere-IBRS", "SandyBridge", "SandyBridge-IBRS", "IvyBridge", "IvyBridge-IBRS", "Haswell-noTSX",
    "Haswell-noTSX-IBRS", "Haswell", "Haswell-IBRS", "Broadwell-noTSX", "Broadwell-noTSX-IBRS", "Broadwell",
    "Broadwell-IBRS", "Skylake-Client", "Skylake-Client-IBRS", "Skylake-Client-noTSX-IBRS", "Skylake-Server",
    "Skylake-Server-IBRS", "Skylake-Server-noTSX-IBRS", "Cascadelake-Server", "Cascadelake-Server-noTSX",
    "Icelake-Client", "Icelake-Client-noTSX", "Icelake-Server", "Icelake-Server-noTSX", "Cooperlake", "Snowridge",
    "athlon", "phenom", "Opteron_G1", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "EPYC", "EPYC-IBPB",
    "EPYC-Rome", "EPYC-Milan", "Dhyana",
};

static const char *const ppc64_models[] = {
    "POWER6", "POWER7", "POWER8", "POWER9", "POWER10", "POWERPC_e5500", "POWERPC_e6500",
};

struct architecture {
    const char *name;
    const char *const *models; /* NULL with any true: every name is accepted */
    int count;
    bool any;
};

#define X86 .models = x86_models, .count = (int)array_size(x86_models)
#define PPC64 .models = ppc64_models, .count = (int)array_size(ppc64_models)

static const struct architecture architectures[] = {
    { .name = "i686", X86 },
    { .name = "x86_64", X86 },
    { .name = "ppc64", PPC64 },
    { .name = "ppc64le", PPC64 },
    { .name = "aarch64", .any = true },
    { .name = "armv6l", .any = true },
    { .name = "armv7b", .any = true },
    { .name = "armv7l", .any = true },
    { .name = "s390", .any = true },
    { .name = "s390x", .any = true },
    { .name = "alpha" },
    { .name = "cris" },
    { .name = "ia64" },
    { .name = "lm32" },
    { .name = "m68k" },
    { .name = "microblaze" },
    { .name = "microblazeel" },
    { .name = "mips" },
    { .name = "mips64" },
    { .name = "mips64el" },
    { .name = "mipsel" },
    { .name = "openrisc" },
    { .name = "parisc" },
    { .name = "parisc64" },
    { .name = "ppc" },
    { .name = "ppcemb" },
    { .name = "ppcle" },
    { .name = "riscv32" },
    { .name = "riscv64" },
    { .name = "sh4" },
    { .name = "sh4eb" },
    { .name = "sparc" },
    { .name = "sparc64" },
    { .name = "unicore32" },
    { .name = "xtensa" },
    { .name = "xtensaeb" },
};

static const struct architecture *find_architecture(const char *name)
{
    for (size_t i = 0; i < array_size(architectures); i++) {
        if (str_equal(architectures[i].name, name))
            return &architectures[i];
    }
    return NULL;
}

int test_connect_get_cpu_model_names(struct call *call, const struct connect_get_cpu_model_names_args *args,
                                     struct connect_get_cpu_model_names_ret *ret)
{
    if (call_check_flags(call, args->flags, 0) < 0)
        return -1;
    const struct architecture *architecture = find_architecture(args->arch);
    if (!architecture)
        return fail(VIR_ERR_INVALID_ARG, "cannot find architecture %s", args->arch);
    if (!architecture->models && !architecture->any)
        return error_set(VIR_FROM_CPU, VIR_ERR_NO_SUPPORT, 0, "'%s' architecture is not supported by CPU driver",
                         args->arch);
    ret->ret = architecture->count;
    if (!args->need_results)
        return 0;
    ret->models.items = arena_array(call->arena, (size_t)architecture->count, sizeof ret->models.items[0]);
    if (!ret->models.items)
        return fail_no_memory();
    for (int i = 0; i < architecture->count; i++) {
        if (call_out_string(call, architecture->models[i], &ret->models.items[i]) < 0)
            return -1;
    }
    ret->models.length = (uint32_t)architecture->count;
    return 0;
}
