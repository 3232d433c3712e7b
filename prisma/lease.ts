/** A shard or inspection whose worker gave no sign of life for so long may be given to another. */
export const LEASE_SECONDS = 12;
/** How often a worker renews its leases. */
export const HEARTBEAT_SECONDS = 3;
/** How often a worker looks for leases that ran out. */
export const SWEEP_SECONDS = 3;
/** Times that a shard or inspection is begun before its evaluation fails. */
export const MAX_ATTEMPTS = 3;
