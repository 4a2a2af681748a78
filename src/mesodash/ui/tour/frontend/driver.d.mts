// The types of what the tour uses of driver.js.

export interface Step {
  element: string;
  popover: { title: string; description: string };
}
export interface Given {
  steps: Step[];
  animate: boolean;
  smoothScroll: boolean;
  showProgress: boolean;
  progressText: string;
  nextBtnText: string;
  prevBtnText: string;
  doneBtnText: string;
  popoverClass: string;
  stagePadding: number;
  stageRadius: number;
  disableActiveInteraction: boolean;
  onPopoverRender: (popover: { wrapper: HTMLElement; closeButton: HTMLButtonElement; nextButton: HTMLButtonElement }) => void;
  onHighlighted: (element: Element | undefined) => void;
  onDestroyed: () => void;
}
export function driver(given: Given): { drive: () => void; isActive: () => boolean };
