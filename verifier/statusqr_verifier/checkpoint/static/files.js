// Files that are dragged onto the page or pasted into it.

export function takeFiles(target, take) {
  target.addEventListener("dragover", (event) => {
    if ([...event.dataTransfer.types].includes("Files")) {
      event.preventDefault();
      target.body.dataset.drop = "over";
    }
  });
  target.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) delete target.body.dataset.drop;
  });
  target.addEventListener("drop", (event) => {
    delete target.body.dataset.drop;
    if (event.dataTransfer.files.length) {
      event.preventDefault();
      take(event.dataTransfer.files);
    }
  });
  target.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      take(event.clipboardData.files);
    }
  });
}
