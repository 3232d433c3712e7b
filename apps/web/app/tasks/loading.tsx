export default function LoadingTasks() {
  return (
    <>
      <h1>What is asked</h1>
      <p className="lead" role="status">
        Loading the tasks
      </p>
    </>
  );
}
