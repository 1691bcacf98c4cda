/* SPDX-License-Identifier: MIT
 * Functions of the host whose results no table describes.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "lib/stub.h"
#include "wire/messages.h"

#define HOST_DOMAIN VIR_FROM_DOMAIN /* of errors about arguments */

static void copy_chars(char *to, size_t size, const char *from, uint32_t length)
{
    memset(to, 0, size);
    memcpy(to, from, length < size ? length : size - 1);
}

int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel)
{
    struct stub stub;
    struct node_get_security_model_ret ret;
    int result = -1;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_NODE_GET_SECURITY_MODEL, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnull(&stub, secmodel, "secmodel") == 0) {
        result = stub_call(&stub, NULL, &ret);
        if (result == 0) {
            copy_chars(secmodel->model, sizeof secmodel->model, ret.model.items, ret.model.length);
            copy_chars(secmodel->doi, sizeof secmodel->doi, ret.doi.items, ret.doi.length);
        }
    }
    stub_end(&stub);
    return result;
}

int virNodeGetCellsFreeMemory(virConnectPtr conn, unsigned long long *freeMems, int startCell, int maxCells)
{
    struct stub stub;
    struct node_get_cells_free_memory_ret ret;
    int result = -1;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_NODE_GET_CELLS_FREE_MEMORY, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnull(&stub, freeMems, "freeMems") == 0 && stub_positive(&stub, maxCells > 0, "maxCells") == 0 &&
        stub_nonnegative(&stub, startCell >= 0, "startCell") == 0) {
        const struct node_get_cells_free_memory_args args = { .startCell = startCell, .maxcells = maxCells };
        if (stub_call(&stub, &args, &ret) == 0) {
            uint32_t count = ret.cells.length < (uint32_t)maxCells ? ret.cells.length : (uint32_t)maxCells;
            for (uint32_t i = 0; i < count; i++)
                freeMems[i] = ret.cells.items[i];
            result = (int)count;
        }
    }
    stub_end(&stub);
    return result;
}

/* Asked with *nparams 0 it stores how many there are, otherwise at most *nparams of them. */
int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams, unsigned int flags)
{
    struct stub stub;
    struct node_get_cpu_stats_ret ret;
    int result = -1;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_NODE_GET_CPU_STATS, HANDLE_CONNECT, conn) == 0 &&
        stub_nonnull(&stub, nparams, "nparams") == 0 && stub_nonnegative(&stub, *nparams >= 0, "nparams") == 0) {
        const struct node_get_cpu_stats_args args = { .cpuNum = cpuNum, .nparams = *nparams, .flags = flags };
        if (cpuNum < VIR_NODE_CPU_STATS_ALL_CPUS)
            error_set_argument(HOST_DOMAIN, VIR_ERR_INVALID_ARG, __func__, "cpuNum",
                               "cpuNum in %s only accepts %d as a negative value", __func__,
                               VIR_NODE_CPU_STATS_ALL_CPUS);
        else if (stub_call(&stub, &args, &ret) == 0)
            result = 0;
        if (result == 0 && *nparams == 0) {
            *nparams = ret.nparams;
        } else if (result == 0) {
            int count = ret.params.length < (uint32_t)*nparams ? (int)ret.params.length : *nparams;
            for (int i = 0; i < count; i++) {
                const char *name = ret.params.items[i].field;
                copy_chars(params[i].field, sizeof params[i].field, name, (uint32_t)strlen(name));
                params[i].value = ret.params.items[i].value;
            }
            *nparams = count;
        }
    }
    stub_end(&stub);
    return result;
}

int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online, unsigned int flags)
{
    struct stub stub;
    struct node_get_cpu_map_ret ret;
    int result = -1;
    if (stub_begin(&stub, __func__, HOST_DOMAIN, PROC_NODE_GET_CPU_MAP, HANDLE_CONNECT, conn) == 0) {
        const struct node_get_cpu_map_args args = { .need_map = cpumap != NULL,
                                                    .need_online = online != NULL,
                                                    .flags = flags };
        unsigned char *map = NULL;
        result = stub_call(&stub, &args, &ret);
        if (result == 0 && cpumap) {
            map = malloc((size_t)ret.cpumap.length + 1);
            result = map ? 0 : error_set(HOST_DOMAIN, VIR_ERR_NO_MEMORY, 0, NULL);
        }
        if (map) {
            memcpy(map, ret.cpumap.items, ret.cpumap.length);
            *cpumap = map;
        }
        if (result == 0) {
            if (online)
                *online = ret.online;
            result = ret.ret;
        }
    }
    stub_end(&stub);
    return result;
}
