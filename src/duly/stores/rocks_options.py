"""How RocksDB is tuned: small values read by key, short scans in order, queues that are eaten from the front."""

from importlib import resources

from rocksdict import (
    BlockBasedOptions,
    BottommostLevelCompaction,
    Cache,
    CompactOptions,
    DataBlockIndexType,
    DBCompressionType,
    DBRecoveryMode,
    Options,
    ReadOptions,
    WriteOptions,
)

_MB = 1 << 20


def database(cache_bytes: int, write_buffer_bytes: int) -> Options:
    """
    Options that bound memory to about `cache_bytes` + 3 * `write_buffer_bytes` and open files to 512, which hold up to
    a quarter of a megabyte each.
    """
    options = _loaded()
    options.create_if_missing(True)
    options.set_block_based_table_factory(_blocks(cache_bytes))
    _bound_memory(options, write_buffer_bytes)
    _keep_levels_tidy(options)
    _keep_files_private(options)
    # Keeps all that was synced and starts after any torn tail; a stricter mode would refuse to start over writes
    # that nobody was promised.
    options.set_wal_recovery_mode(DBRecoveryMode.point_in_time())
    return options


def _loaded() -> Options:
    """Those of the file, raw as the library has them by default."""
    with resources.as_file(resources.files("duly.stores") / "rocksdb") as folder:
        _, families = Options.load_latest(str(folder))
    return families["default"]


def _blocks(cache_bytes: int) -> BlockBasedOptions:
    blocks = BlockBasedOptions()
    blocks.set_block_cache(Cache(cache_bytes))
    # Larger blocks make a shorter index. What is asked for often is not read from them, see `duly.stores.recent`.
    blocks.set_block_size(16 << 10)
    blocks.set_format_version(5)
    blocks.set_bloom_filter(10, False)
    blocks.set_data_block_index_type(DataBlockIndexType.binary_and_hash())
    # Indexes and filters stay with the open files, about a quarter of a megabyte each: most keys that are asked for are
    # not there, and finding that out through the cache takes twice the time.
    blocks.set_cache_index_and_filter_blocks(False)
    return blocks


def _bound_memory(options: Options, write_buffer_bytes: int) -> None:
    options.set_write_buffer_size(write_buffer_bytes)
    options.set_max_write_buffer_number(3)
    # Less than what goes back to the system when it is freed (`duly.service.memory`): each write buffer would be got
    # from there anew, a page for every few records.
    options.set_arena_block_size(96 << 10)
    # Two dozen bits for a record of the usual size; with more, the filter would not fit into the processor's cache.
    options.set_memtable_prefix_bloom_ratio(0.01)
    options.set_memtable_whole_key_filtering(True)
    options.set_max_open_files(512)


def _keep_levels_tidy(options: Options) -> None:
    options.set_compression_type(DBCompressionType.lz4())
    # What has just been written is soon written again, one level down.
    options.set_min_level_to_compress(2)
    # As much in level 0 as in the level that it is merged into, whose 256 MB are rewritten each time.
    options.set_level_zero_file_num_compaction_trigger(8)
    options.set_level_compaction_dynamic_level_bytes(True)
    options.set_max_background_jobs(2)
    options.set_bytes_per_sync(_MB)
    # Takes files for compaction in which half of any 2,000 neighbours are deletions: the front of a due queue.
    options.add_compact_on_deletion_collector_factory(2000, 1000, 0.5)


def _keep_files_private(options: Options) -> None:
    # The manifest names the outermost keys of files long gone; starting a new one for each change forgets them.
    options.set_max_manifest_file_size(1)
    options.set_keep_log_file_num(2)
    options.set_max_log_file_size(4 * _MB)


def writing() -> WriteOptions:
    """Write without fsync, and fail instead of waiting for compaction: the library would wait with the GIL held."""
    options = WriteOptions()
    options.sync = False
    options.no_slowdown = True
    return options


def reading(stop: bytes) -> ReadOptions:
    """Iterate no further than `stop`, exclusive. A lower bound would replace the upper one in this library."""
    options = ReadOptions()
    options.set_iterate_upper_bound(stop)
    return options


def rewriting() -> CompactOptions:
    """Compact down to and including the last level, even where RocksDB sees nothing to gain."""
    options = CompactOptions()
    options.set_bottommost_level_compaction(BottommostLevelCompaction.force())
    return options
