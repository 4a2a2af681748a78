// driver.js with its types: a module that is imported only when it is needed cannot name them.

// @ts-types="./driver.d.mts"
import { driver } from "./driver.mjs";

export { driver };
