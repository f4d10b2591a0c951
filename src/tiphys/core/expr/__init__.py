"""The expression language: expr-lang as pinned by Argo, with the functions that Argo adds."""
