"""The clickable body figure: the Streamlit component and what is drawn over its areas."""
