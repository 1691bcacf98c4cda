/* SPDX-License-Identifier: MIT
 * Loop and mailbox of a shard.
 */
#include "daemon/shard.h"

#include <libvirt/virterror.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/log.h"
#include "daemon/connection.h"

#define ERROR_DOMAIN VIR_FROM_RPC
#define TICK_MS 500 /* how often deadlines are looked at */

static struct post *take_mail(struct shard *shard)
{
    pthread_mutex_lock(&shard->lock);
    struct post *first = shard->first;
    shard->first = NULL;
    shard->last = &shard->first;
    pthread_mutex_unlock(&shard->lock);
    return first;
}

static void read_mail(uv_async_t *async)
{
    struct shard *shard = async->data;
    for (struct post *post = take_mail(shard), *next; post; post = next) {
        next = post->next;
        post->taken(shard, post);
    }
}

static void run_tick(uv_timer_t *timer)
{
    struct shard *shard = timer->data;
    for (struct connection *connection = shard->connections, *next; connection; connection = next) {
        next = connection->next;
        connection_tick(connection, uv_now(&shard->loop));
    }
}

static void *shard_main(void *opaque)
{
    struct shard *shard = opaque;
    uv_run(&shard->loop, UV_RUN_DEFAULT);
    return NULL;
}

int shard_start(struct shard *shard, struct server *server)
{
    *shard = (struct shard){ .server = server };
    shard->last = &shard->first;
    shard->scratch = malloc(SHARD_SCRATCH);
    if (!shard->scratch)
        return fail_no_memory();
    arena_init(&shard->arena, 0);
    pthread_mutex_init(&shard->lock, NULL);
    int result = uv_loop_init(&shard->loop);
    if (result == 0) {
        shard->mail.data = shard->tick.data = shard;
        uv_async_init(&shard->loop, &shard->mail, read_mail);
        uv_timer_init(&shard->loop, &shard->tick);
        uv_timer_start(&shard->tick, run_tick, TICK_MS, TICK_MS);
        result = -pthread_create(&shard->thread, NULL, shard_main, shard);
    }
    if (result == 0)
        return 0;
    free(steal(shard->scratch));
    return fail_errno(-result, "Failed to start an I/O thread");
}

void shard_post(struct shard *shard, struct post *post)
{
    post->next = NULL;
    pthread_mutex_lock(&shard->lock);
    bool was_empty = shard->first == NULL;
    *shard->last = post;
    shard->last = &post->next;
    pthread_mutex_unlock(&shard->lock);
    if (was_empty)
        uv_async_send(&shard->mail);
}

struct adoption {
    struct post post;
    int fd;
    struct peer peer;
    bool read_only;
};

static void take_adoption(struct shard *shard, struct post *post)
{
    struct adoption *adoption = (struct adoption *)post;
    if (shard->stopping || connection_new(shard, adoption->fd, &adoption->peer, adoption->read_only) < 0) {
        log_warning("a connection of %s is closed: the daemon is out of memory or shutting down", adoption->peer.text);
        error_reset();
        close(adoption->fd);
        atomic_fetch_sub(&shard->server->clients, 1);
    }
    free(adoption);
}

int shard_adopt(struct shard *shard, int fd, const struct peer *peer, bool read_only)
{
    struct adoption *adoption = malloc(sizeof *adoption);
    if (!adoption)
        return fail_no_memory();
    *adoption = (struct adoption){ { NULL, take_adoption }, fd, *peer, read_only };
    atomic_fetch_add(&shard->server->clients, 1);
    shard_post(shard, &adoption->post);
    return 0;
}

static void take_stop(struct shard *shard, struct post *post)
{
    (void)post;
    shard->stopping = true;
    for (struct connection *connection = shard->connections, *next; connection; connection = next) {
        next = connection->next;
        connection_close(connection);
    }
    uv_close((uv_handle_t *)&shard->tick, NULL);
    uv_unref((uv_handle_t *)&shard->mail); /* the loop ends with the last connection */
}

void shard_stop(struct shard *shard)
{
    struct post stop = { NULL, take_stop };
    shard_post(shard, &stop);
    pthread_join(shard->thread, NULL);
    for (struct post *post = take_mail(shard), *next; post; post = next) {
        next = post->next;
        post->taken(shard, post);
    }
    uv_close((uv_handle_t *)&shard->mail, NULL);
    uv_run(&shard->loop, UV_RUN_DEFAULT);
    uv_loop_close(&shard->loop);
    pthread_mutex_destroy(&shard->lock);
    arena_clear(&shard->arena);
    free(steal(shard->scratch));
}
