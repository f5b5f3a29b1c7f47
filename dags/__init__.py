"""When the stages run, never how: thin files, each of whose tasks calls one function of the pipeline."""
