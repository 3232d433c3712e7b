/** Whether exactly what package-lock.json names is installed. */
export function isInstalled(): boolean;
/** Installs what package-lock.json names, unless exactly that is installed already. */
export function installDependencies(): Promise<void>;
