"""The console's addresses of products: listing, editing, hiding, uploading, arranging files."""

from litestar import Controller

from app.products.controllers.activation import ActivationController, RemovalController
from app.products.controllers.files import FileController
from app.products.controllers.products import ProductController
from app.products.controllers.samples import SampleController
from app.products.controllers.uploads import UploadController

controllers: list[type[Controller]] = [
    ProductController,
    ActivationController,
    RemovalController,
    UploadController,
    FileController,
    SampleController,
]
