/** Work whose worker gave no sign of life for so long may be given to another. */
export const LEASE_SECONDS = 12;
/** How often a worker renews its leases. */
export const HEARTBEAT_SECONDS = 3;
/** How often a worker looks for leases that ran out. */
export const SWEEP_SECONDS = 3;
/** Times that a piece of work is begun before its evaluation fails. */
export const MAX_ATTEMPTS = 3;
/** Times that the process of a piece of work is ended from outside before its evaluation fails: something is wrong with the machine. */
export const MAX_KILLS = 10;
